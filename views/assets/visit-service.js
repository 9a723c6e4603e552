// Goes to the service at once. While it does not answer the browser keeps this page, which then goes on without it.
// Without script the buttons do the same.
const form = document.querySelector('form');
const link = document.querySelector('[data-visit]');
if (form) form.submit();
else if (link) location.assign(link.href);
setTimeout(() => location.replace(document.querySelector('[data-go-on]').href), 8000);
