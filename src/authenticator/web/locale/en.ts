/** English. `{name}` is filled in. */
export const en = {
  skip: 'Skip to the content',
  'nav.help': 'Help',
  'nav.back': 'Back',
  'nav.home': 'Start page',
  'one-moment': 'One moment …',

  'home.title': 'Your profiles',
  'home.waiting': 'Requests appear here by themselves.',
  'home.offline': 'No contact with {organisation}. One-time codes work all the same.',
  'home.code': 'One-time code',
  'home.settings': 'Settings of {who}',
  'home.add': 'Add a profile',
  'home.request': 'Sign-in to {service}',
  'home.request.about': 'Waiting for your answer',
  'home.continue': 'Continue to set up',
  'home.locked': 'Locked',
  'home.draft': 'Not confirmed yet',
  'home.nocodes': 'Requests only',

  'welcome.title': 'Confirm your sign-ins here',
  'welcome.lead':
    'With this app you approve sign-ins to {organisation}, and get one-time codes where there is no network.',
  'welcome.step1':
    'On a computer, open your account page or start a sign-in, and choose to add a phone. Your help desk can give you a code as well.',
  'welcome.step2': 'Scan the QR code with this app, or type the activation code.',
  'welcome.step3': 'Choose a PIN, and compare six digits. That is all.',
  'welcome.add': 'Scan or type the code',

  'install.title': 'Put the app on your home screen',
  'install.ios':
    'Tap Share, then “Add to Home Screen”, and open the app from there. What is set up in Safari is not in the app.',
  'install.android': 'It then opens like any other app and can notify you.',
  'install.button': 'Install the app',
  'install.ios.code':
    'Set up in the installed app, not in Safari: tap Share, then “Add to Home Screen”, open the app from there and type this code. It is valid for a short time.',

  'notice.revoked':
    '{who}: the profile was revoked, and everything about it on this device was deleted.',
  'notice.removed': '{who}: the profile was removed from this device.',
  'notice.refused':
    '{who}: the new profile was turned down on the web page. Nothing of it was kept.',
  'notice.expired': '{who}: the activation was not confirmed in time. Ask for a new code.',
  'notice.code-unreadable':
    'That link has no activation code that can be read. Scan the QR code, or type the code.',
  'notice.added': '{who}: the profile is ready.',
  'notice.dismiss': 'Dismiss',

  'approve.title': 'Is this you signing in?',
  'approve.lead': '{service} is asking',
  'approve.service': 'Service',
  'approve.place': 'From',
  'approve.browser': 'With',
  'approve.at': 'Started',
  'approve.at.now': 'just now',
  'approve.at.time': 'at {time}',
  'approve.number': 'Type the number you see on that screen',
  'approve.number.hint': '{digits} digits',
  'approve.pin': 'Your PIN for this profile',
  'approve.pin.hint': 'It is never saved on this device.',
  'approve.submit': 'Approve sign-in',
  'approve.deny': 'Deny',
  'approve.not-me': 'It isn’t me. Block it',
  'approve.warning':
    'Nobody from {organisation} will ever call you and ask for this number or your PIN.',
  'approve.left': '{time} left',
  'approve.checking': 'Checking …',
  'approve.sending': 'Sending …',
  'approve.number.missing': 'Type all {digits} digits of the number.',
  'approve.pin.missing': 'Type your PIN: 6 to 12 digits.',
  'approve.refused': 'The number or the PIN was not right. Try again.',
  'approve.refused.left.one': 'One try is left before this profile is locked.',
  'approve.refused.left.other': '{count} tries are left before this profile is locked.',
  'approve.unsent': 'No contact with {organisation}, so nothing was decided. Try again.',
  'approve.later': 'That was too often. Wait a little, then try again.',

  'end.approved.title': 'Approved',
  'end.approved.lead': 'Go on where you signed in to {service}. That page continues by itself.',
  'end.approved.same-phone': 'Signing in on this phone? Go back to your browser.',
  'end.denied.title': 'Denied',
  'end.denied.lead': 'Nobody was signed in to {service}.',
  'end.not-me.title': 'Blocked',
  'end.not-me.lead':
    'The sign-in was stopped and {organisation} was told. Unknown browsers cannot ask you for 30 minutes.',
  'end.not-me.advice': 'Somebody may know your password. Change it as soon as you can.',
  'end.over.title': 'This request is over',
  'end.over.lead':
    'It ran out, or was answered or cancelled elsewhere. Start the sign-in again if it was yours.',
  'end.killed.title': 'Not approved',
  'end.killed.lead':
    'The number or the PIN was not right, so the request was closed. Start the sign-in again for a new number.',
  'end.unclear.title': 'We do not know how that ended',
  'end.unclear.lead':
    'The answer was sent, but what came of it got lost. Look at the page where you signed in.',
  'end.close': 'Done',

  'locked.title': 'This profile is locked',
  'locked.lead':
    'The PIN was wrong too often. It cannot be recovered, not even by {organisation}: the profile has to be set up anew.',
  'locked.step1': 'On your account page, or with your help desk, get a new activation code.',
  'locked.step2': 'Add the profile here with a new PIN. You can remove this one.',
  'locked.codes':
    'One-time codes of this profile may still be accepted. Your PIN cannot be checked here.',

  'code.title': 'One-time code',
  'code.pin': 'Your PIN for this profile',
  'code.submit': 'Get a code',
  'code.warning':
    'Your PIN cannot be checked here. With a wrong one you get a code that does not work.',
  'code.label': 'Code for {who}',
  'code.show': 'Show the code',
  'code.countdown': 'Blank in {seconds} s',
  'code.blank': 'The code is gone. Type your PIN for a new one.',
  'code.again': 'New code',
  'code.disabled.title': 'No one-time codes',
  'code.disabled.lead':
    'This profile approves requests, but makes no codes. Activate it anew to have codes.',
  'code.locked':
    'Codes of this profile are locked for a while, because too many wrong ones were typed.',
  'code.locked.until':
    'Codes are not accepted until {time}, because too many wrong ones were typed. An approval still works.',
  'code.locked.good': 'Codes are not accepted any more',
  'code.locked.good.why':
    'There were so many wrong ones that somebody may be guessing. Waiting does not help.',
  'code.locked.good.step1':
    'Sign in with an approval instead, and open codes again on your account page.',
  'code.locked.good.step2':
    'If you cannot, ask the help desk of {organisation}. Change your password too: somebody may know it.',

  'add.title': 'Add a profile',
  'add.lead':
    'You find the code on your account page, at a sign-in that offers it, or with your help desk.',
  'add.scan': 'Scan the QR code',
  'add.scan.stop': 'Stop the camera',
  'add.scan.looking': 'Point the camera at the QR code.',
  'add.scan.video': 'What the camera sees',
  'add.scan.denied':
    'The camera may not be used. Allow it in the browser’s settings, or type the code.',
  'add.scan.none': 'There is no camera that can be used here. Type the code.',
  'add.scan.other': 'That QR code is no activation code of this app.',
  'add.scan.elsewhere': 'That code belongs to {host}. Open the app there.',
  'add.or': 'or',
  'add.code': 'Activation code',
  'add.code.hint':
    '32 letters and digits, or the whole link. Capitals and hyphens make no difference.',
  'add.code.wrong': 'This is no activation code. It has eight groups of four letters and digits.',
  'add.next': 'Continue',

  'begin.title': 'Add this device',
  'begin.lead': 'The code was read. Give this device a name by which you will know it.',
  'begin.name': 'Name of this device',
  'begin.name.hint': 'Shown on your account page, so that you can tell your devices apart.',
  'begin.name.wrong': 'Type a name of at most 64 characters.',
  'begin.secret': 'Second secret',
  'begin.secret.hint': '8 digits that you were sent another way.',
  'begin.secret.needed': 'This code needs the second secret as well.',
  'begin.secret.wrong': 'The second secret was not right.',
  'begin.submit': 'Continue',
  'begin.not-found': 'This code is not valid any more, or was used already. Get a new one.',
  'begin.failed': 'That did not work. Get a new code and try again.',
  'begin.other': 'Use another code',

  'pin.title': 'Choose a PIN',
  'pin.lead':
    'For {name} ({username}) at {organisation}. You type it for each approval and each code.',
  'pin.first': 'New PIN',
  'pin.second': 'The same PIN again',
  'pin.hint':
    '6 to 12 digits. No dates, runs or patterns. It is stored nowhere and cannot be recovered.',
  'pin.codes': 'One-time codes without network',
  'pin.codes.about':
    'For when there is no network. If you always have one, leave them out: then nobody who copies this device and sees one code can try out PINs.',
  'pin.submit': 'Set the PIN',
  'pin.different': 'The two are not the same.',
  'pin.fault.digits': 'A PIN has digits only.',
  'pin.fault.short': 'Too short: at least 6 digits.',
  'pin.fault.long': 'Too long: at most 12 digits.',
  'pin.fault.same':
    'All digits are the same, or all but one. Choose a PIN that is harder to guess.',
  'pin.fault.run': 'Digits in a row are guessed first. Choose another PIN.',
  'pin.fault.block': 'A pattern that repeats is easy to guess. Choose another PIN.',
  'pin.fault.date': 'This could be a date, and dates are easy to guess. Choose another PIN.',
  'pin.fault.path': 'A path over the keypad is easy to guess. Choose another PIN.',
  'pin.fault.common': 'Many people choose this PIN. Choose another one.',
  'pin.working': 'Making your keys …',
  'pin.failed': 'That did not work. Get a new activation code.',
  'pin.leave': 'Cancel',

  'confirm.title': 'Compare the digits',
  'confirm.lead': 'Are these the digits on the page where you got the code? If so, confirm there.',
  'confirm.label': 'Six digits of this device',
  'confirm.waiting': 'Waiting for the confirmation on the web page',
  'confirm.different': 'Other digits there? Refuse there: then another device has used your code.',
  'confirm.help-desk': 'Is the code from your help desk? They confirm it: read the digits to them.',
  'confirm.left': '{time} left',
  'confirm.leave': 'Cancel',

  'ready.title': 'All set',
  'ready.lead': '{who} is ready on this device.',
  'ready.notify': 'Get notified',
  'ready.notify.about':
    'A notification tells you that a request has come. It never contains the number.',
  'ready.notify.button': 'Turn on notifications',
  'ready.done': 'Done',
  'notify.subscribed': 'Notifications are on.',
  'notify.blocked':
    'Notifications are blocked. Allow them for this app in the browser’s or phone’s settings. Requests are here whenever you open the app.',
  'notify.unavailable':
    'Notifications cannot be had here. Requests are here whenever you open the app.',
  'notify.failed':
    'Notifications could not be turned on now. Requests are here whenever you open the app.',

  'settings.title': 'Settings',
  'settings.name': 'Name of the profile',
  'settings.name.save': 'Save',
  'settings.name.saved': 'The name was saved.',
  'settings.notify': 'Notifications',
  'settings.notify.on': 'On. They say that a request has come, and nothing else.',
  'settings.notify.off': 'Off. Requests are here whenever you open the app.',
  'settings.notify.turn-on': 'Turn on',
  'settings.notify.turn-off': 'Turn off',
  'settings.codes': 'One-time codes',
  'settings.codes.enabled': 'On. They work without network.',
  'settings.codes.disabled': 'Off. They come back only by a new activation.',
  'settings.codes.locked': 'Locked for a while, after too many wrong codes.',
  'settings.codes.end': 'Turn off for good',
  'settings.codes.sure':
    'Codes of this profile stop working at once, you are signed out where you came in with one, and they come back only by a new activation.',
  'settings.remove': 'Remove this profile',
  'settings.remove.about':
    'This device can then neither approve nor make codes for {who}. Other devices are not affected.',
  'settings.remove.button': 'Remove the profile',
  'settings.remove.sure': 'Remove {who} from this device?',
  'settings.remove.forget':
    'No contact with {organisation}. You can remove the profile from this device only, and revoke it on your account page later.',
  'settings.remove.forget.button': 'Remove from this device only',
  'settings.sure.yes': 'Yes, do it',
  'settings.sure.no': 'No',
  'settings.failed': 'No contact with {organisation}. Nothing was changed.',

  'help.title': 'Help',
  'help.request.q': 'No request appears',
  'help.request.a':
    'Open the app: requests are here even when no notification came. Check that the phone has a network. Otherwise choose “Use a one-time code” on the sign-in page.',
  'help.code.q': 'My code is not accepted',
  'help.code.a':
    'Usually the PIN was mistyped: the app cannot check it, and a wrong PIN gives a wrong code. Each code works once; wait for the next.',
  'help.pin.q': 'I forgot my PIN',
  'help.pin.a':
    'It is stored nowhere, so nobody can tell you. Get a new activation code on your account page or from your help desk, and add the profile anew.',
  'help.lost.q': 'I lost a phone, or have a new one',
  'help.lost.a':
    'Revoke the lost phone at once, on your account page from any computer or by your help desk. A new phone is set up with a new code; profiles do not move.',
  'help.not-me.q': 'A request that is not mine',
  'help.not-me.a':
    'Choose “It isn’t me”. Then change your password: somebody may know it. Nobody who calls you needs the number or your PIN.',
  'help.ios.q': 'On an iPhone or iPad',
  'help.ios.a':
    'Add the app to the home screen first and set up your profile in it: Safari and the installed app share nothing. Links open Safari; open the app yourself. Notifications come only to the installed app.',
} as const;
