// Posts the page's form as soon as it is there; without script the button does it.
document.querySelector('form')?.submit();
