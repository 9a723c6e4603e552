import type { en } from './en.js';

/** Swedish. */
export const sv: Record<keyof typeof en, string> = {
  skip: 'Hoppa till innehållet',
  'nav.help': 'Hjälp',
  'nav.back': 'Tillbaka',
  'nav.home': 'Startsida',
  'one-moment': 'Ett ögonblick …',

  'home.title': 'Dina profiler',
  'home.waiting': 'Förfrågningar dyker upp här av sig själva.',
  'home.offline': 'Ingen kontakt med {organisation}. Engångskoder fungerar ändå.',
  'home.code': 'Engångskod',
  'home.settings': 'Inställningar för {who}',
  'home.add': 'Lägg till en profil',
  'home.request': 'Inloggning till {service}',
  'home.request.about': 'Väntar på ditt svar',
  'home.continue': 'Fortsätt att ställa in',
  'home.locked': 'Låst',
  'home.draft': 'Inte bekräftad än',
  'home.nocodes': 'Bara förfrågningar',

  'welcome.title': 'Bekräfta dina inloggningar här',
  'welcome.lead':
    'Med den här appen godkänner du inloggningar till {organisation} och får engångskoder där det saknas nät.',
  'welcome.step1':
    'Öppna din kontosida på en dator, eller påbörja en inloggning, och välj att lägga till en telefon. Helpdesk kan också ge dig en kod.',
  'welcome.step2': 'Skanna QR-koden med appen, eller skriv aktiveringskoden.',
  'welcome.step3': 'Välj en PIN-kod och jämför sex siffror. Sedan är du klar.',
  'welcome.add': 'Skanna eller skriv koden',

  'install.title': 'Lägg appen på hemskärmen',
  'install.ios':
    'Tryck på Dela, sedan ”Lägg till på hemskärmen”, och öppna appen därifrån. Det som ställs in i Safari finns inte i appen.',
  'install.android': 'Då öppnas den som andra appar och kan avisera dig.',
  'install.button': 'Installera appen',
  'install.ios.code':
    'Aktivera i den installerade appen, inte i Safari: tryck på Dela, sedan ”Lägg till på hemskärmen”, öppna appen därifrån och skriv den här koden. Den gäller en kort tid.',

  'notice.revoked': '{who}: profilen har spärrats och allt om den på den här enheten är raderat.',
  'notice.removed': '{who}: profilen har tagits bort från den här enheten.',
  'notice.refused': '{who}: den nya profilen avvisades på webbsidan. Inget av den har sparats.',
  'notice.expired': '{who}: aktiveringen bekräftades inte i tid. Be om en ny kod.',
  'notice.code-unreadable':
    'Länken innehåller ingen läsbar aktiveringskod. Skanna QR-koden eller skriv koden.',
  'notice.added': '{who}: profilen är klar.',
  'notice.dismiss': 'Stäng',

  'approve.title': 'Är det du som loggar in?',
  'approve.lead': '{service} frågar',
  'approve.service': 'Tjänst',
  'approve.place': 'Från',
  'approve.browser': 'Med',
  'approve.at': 'Påbörjad',
  'approve.at.now': 'nyss',
  'approve.at.time': 'kl. {time}',
  'approve.number': 'Skriv numret du ser på den skärmen',
  'approve.number.hint': '{digits} siffror',
  'approve.pin': 'Din PIN-kod för profilen',
  'approve.pin.hint': 'Den sparas aldrig på enheten.',
  'approve.submit': 'Godkänn inloggningen',
  'approve.deny': 'Neka',
  'approve.not-me': 'Det är inte jag. Stoppa',
  'approve.warning':
    'Ingen från {organisation} ringer någonsin och ber om numret eller din PIN-kod.',
  'approve.left': '{time} kvar',
  'approve.checking': 'Kontrollerar …',
  'approve.sending': 'Skickar …',
  'approve.number.missing': 'Skriv numrets alla {digits} siffror.',
  'approve.pin.missing': 'Skriv din PIN-kod: 6 till 12 siffror.',
  'approve.refused': 'Numret eller PIN-koden stämde inte. Försök igen.',
  'approve.refused.left.one': 'Ett försök återstår innan profilen låses.',
  'approve.refused.left.other': '{count} försök återstår innan profilen låses.',
  'approve.unsent': 'Ingen kontakt med {organisation}, så inget är avgjort. Försök igen.',
  'approve.later': 'Det var för ofta. Vänta lite och försök igen.',

  'end.approved.title': 'Godkänd',
  'end.approved.lead':
    'Fortsätt där du loggade in till {service}. Den sidan går vidare av sig själv.',
  'end.approved.same-phone': 'Loggar du in på den här telefonen? Gå tillbaka till webbläsaren.',
  'end.denied.title': 'Nekad',
  'end.denied.lead': 'Ingen loggades in till {service}.',
  'end.not-me.title': 'Stoppad',
  'end.not-me.lead':
    'Inloggningen stoppades och {organisation} har fått veta det. Okända webbläsare kan inte fråga dig på 30 minuter.',
  'end.not-me.advice': 'Någon kan känna till ditt lösenord. Byt det så snart du kan.',
  'end.over.title': 'Förfrågan är över',
  'end.over.lead':
    'Den gick ut, eller besvarades eller avbröts någon annanstans. Börja om inloggningen om den var din.',
  'end.killed.title': 'Inte godkänd',
  'end.killed.lead':
    'Numret eller PIN-koden stämde inte, så förfrågan är stängd. Börja om inloggningen för att få ett nytt nummer.',
  'end.unclear.title': 'Vi vet inte hur det gick',
  'end.unclear.lead':
    'Svaret skickades, men resultatet kom bort. Titta på sidan där du loggade in.',
  'end.close': 'Klar',

  'locked.title': 'Profilen är låst',
  'locked.lead':
    'PIN-koden var fel för många gånger. Den kan inte återskapas, inte ens av {organisation}: profilen måste aktiveras på nytt.',
  'locked.step1': 'Skaffa en ny aktiveringskod på din kontosida eller från helpdesk.',
  'locked.step2': 'Lägg till profilen här med en ny PIN-kod. Den här kan du ta bort.',
  'locked.codes':
    'Profilens engångskoder kan fortfarande godtas. Din PIN-kod kan inte kontrolleras här.',

  'code.title': 'Engångskod',
  'code.pin': 'Din PIN-kod för profilen',
  'code.submit': 'Hämta en kod',
  'code.warning':
    'PIN-koden kan inte kontrolleras här. Med fel PIN-kod får du en kod som inte fungerar.',
  'code.label': 'Kod för {who}',
  'code.show': 'Visa koden',
  'code.countdown': 'Försvinner om {seconds} s',
  'code.blank': 'Koden är borta. Skriv din PIN-kod för att få en ny.',
  'code.again': 'Ny kod',
  'code.disabled.title': 'Inga engångskoder',
  'code.disabled.lead':
    'Profilen godkänner förfrågningar men ger inga koder. Aktivera den på nytt för att få koder.',
  'code.locked': 'Profilens koder är låsta en stund, eftersom för många felaktiga har skrivits.',
  'code.locked.until':
    'Koder tas inte emot förrän {time}, eftersom för många felaktiga har skrivits. Att godkänna fungerar fortfarande.',
  'code.locked.good': 'Koder tas inte emot längre',
  'code.locked.good.why':
    'Det har varit så många felaktiga att någon kan sitta och gissa. Det hjälper inte att vänta.',
  'code.locked.good.step1':
    'Godkänn inloggningen i stället, och tillåt sedan koder igen på din kontosida.',
  'code.locked.good.step2':
    'Om det inte går, fråga helpdesk hos {organisation}. Byt också lösenord: någon kan känna till det.',

  'add.title': 'Lägg till en profil',
  'add.lead':
    'Koden finns på din kontosida, vid en inloggning som erbjuder den eller hos helpdesk.',
  'add.scan': 'Skanna QR-koden',
  'add.scan.stop': 'Stäng av kameran',
  'add.scan.looking': 'Rikta kameran mot QR-koden.',
  'add.scan.video': 'Det kameran ser',
  'add.scan.denied':
    'Kameran får inte användas. Tillåt den i webbläsarens inställningar eller skriv koden.',
  'add.scan.none': 'Det finns ingen kamera som kan användas här. Skriv koden.',
  'add.scan.other': 'QR-koden är ingen aktiveringskod för den här appen.',
  'add.scan.elsewhere': 'Koden hör till {host}. Öppna appen där.',
  'add.or': 'eller',
  'add.code': 'Aktiveringskod',
  'add.code.hint':
    '32 bokstäver och siffror, eller hela länken. Versaler och bindestreck spelar ingen roll.',
  'add.code.wrong':
    'Det är ingen aktiveringskod. Den har åtta grupper med fyra bokstäver och siffror.',
  'add.next': 'Fortsätt',

  'begin.title': 'Lägg till enheten',
  'begin.lead': 'Koden är läst. Ge enheten ett namn som du känner igen.',
  'begin.name': 'Enhetens namn',
  'begin.name.hint': 'Visas på din kontosida så att du kan skilja dina enheter åt.',
  'begin.name.wrong': 'Skriv ett namn med högst 64 tecken.',
  'begin.secret': 'Extra kod',
  'begin.secret.hint': '8 siffror som du fått på annat sätt.',
  'begin.secret.needed': 'Aktiveringskoden kräver också den extra koden.',
  'begin.secret.wrong': 'Den extra koden stämde inte.',
  'begin.submit': 'Fortsätt',
  'begin.not-found': 'Koden gäller inte längre eller är redan använd. Skaffa en ny.',
  'begin.failed': 'Det gick inte. Skaffa en ny kod och försök igen.',
  'begin.other': 'Använd en annan kod',

  'pin.title': 'Välj en PIN-kod',
  'pin.lead':
    'För {name} ({username}) hos {organisation}. Du skriver den vid varje godkännande och varje kod.',
  'pin.first': 'Ny PIN-kod',
  'pin.second': 'Samma PIN-kod igen',
  'pin.hint':
    '6 till 12 siffror. Inga datum, siffror i följd eller mönster. Den lagras ingenstans och kan inte återskapas.',
  'pin.codes': 'Engångskoder utan nät',
  'pin.codes.about':
    'För när det saknas nät. Har du alltid nät kan du avstå: då kan ingen som kopierar enheten och ser en kod pröva sig fram till PIN-koden.',
  'pin.submit': 'Spara PIN-koden',
  'pin.different': 'De två är inte lika.',
  'pin.fault.digits': 'En PIN-kod har bara siffror.',
  'pin.fault.short': 'För kort: minst 6 siffror.',
  'pin.fault.long': 'För lång: högst 12 siffror.',
  'pin.fault.same':
    'Alla siffror är lika, eller alla utom en. Välj en PIN-kod som är svårare att gissa.',
  'pin.fault.run': 'Siffror i följd gissas först. Välj en annan PIN-kod.',
  'pin.fault.block': 'Mönster som upprepas är lätta att gissa. Välj en annan PIN-kod.',
  'pin.fault.date': 'Det kan vara ett datum, och datum är lätta att gissa. Välj en annan PIN-kod.',
  'pin.fault.path': 'En väg över knappsatsen är lätt att gissa. Välj en annan PIN-kod.',
  'pin.fault.common': 'Många väljer den PIN-koden. Välj en annan.',
  'pin.working': 'Skapar dina nycklar …',
  'pin.failed': 'Det gick inte. Skaffa en ny aktiveringskod.',
  'pin.leave': 'Avbryt',

  'confirm.title': 'Jämför siffrorna',
  'confirm.lead': 'Är det samma siffror på sidan där du fick koden? Bekräfta i så fall där.',
  'confirm.label': 'Enhetens sex siffror',
  'confirm.waiting': 'Väntar på bekräftelsen på webbsidan',
  'confirm.different': 'Andra siffror där? Neka där: då har en annan enhet använt din kod.',
  'confirm.help-desk': 'Kommer koden från helpdesk? De bekräftar den: läs upp siffrorna för dem.',
  'confirm.left': '{time} kvar',
  'confirm.leave': 'Avbryt',

  'ready.title': 'Klart',
  'ready.lead': '{who} är klar på den här enheten.',
  'ready.notify': 'Få aviseringar',
  'ready.notify.about':
    'En avisering säger att en förfrågan har kommit. Den innehåller aldrig numret.',
  'ready.notify.button': 'Slå på aviseringar',
  'ready.done': 'Klar',
  'notify.subscribed': 'Aviseringar är på.',
  'notify.blocked':
    'Aviseringar är blockerade. Tillåt dem för appen i webbläsarens eller telefonens inställningar. Förfrågningar finns här när du öppnar appen.',
  'notify.unavailable':
    'Aviseringar går inte att få här. Förfrågningar finns här när du öppnar appen.',
  'notify.failed':
    'Aviseringar kunde inte slås på nu. Förfrågningar finns här när du öppnar appen.',

  'settings.title': 'Inställningar',
  'settings.name': 'Profilens namn',
  'settings.name.save': 'Spara',
  'settings.name.saved': 'Namnet är sparat.',
  'settings.notify': 'Aviseringar',
  'settings.notify.on': 'På. De säger att en förfrågan har kommit och inget annat.',
  'settings.notify.off': 'Av. Förfrågningar finns här när du öppnar appen.',
  'settings.notify.turn-on': 'Slå på',
  'settings.notify.turn-off': 'Stäng av',
  'settings.codes': 'Engångskoder',
  'settings.codes.enabled': 'På. De fungerar utan nät.',
  'settings.codes.disabled': 'Av. De kommer tillbaka bara genom en ny aktivering.',
  'settings.codes.locked': 'Låsta en stund, efter för många felaktiga koder.',
  'settings.codes.end': 'Stäng av för gott',
  'settings.codes.sure':
    'Profilens koder slutar fungera genast, du loggas ut där du kom in med en, och de kommer tillbaka bara genom en ny aktivering.',
  'settings.remove': 'Ta bort profilen',
  'settings.remove.about':
    'Enheten kan då varken godkänna eller ge koder för {who}. Andra enheter påverkas inte.',
  'settings.remove.button': 'Ta bort profilen',
  'settings.remove.sure': 'Ta bort {who} från den här enheten?',
  'settings.remove.forget':
    'Ingen kontakt med {organisation}. Du kan ta bort profilen bara från enheten och spärra den på din kontosida senare.',
  'settings.remove.forget.button': 'Ta bort bara från enheten',
  'settings.sure.yes': 'Ja, gör det',
  'settings.sure.no': 'Nej',
  'settings.failed': 'Ingen kontakt med {organisation}. Inget har ändrats.',

  'help.title': 'Hjälp',
  'help.request.q': 'Ingen förfrågan syns',
  'help.request.a':
    'Öppna appen: förfrågningar finns här även om ingen avisering kom. Kontrollera att telefonen har nät. Välj annars ”Använd en engångskod” på inloggningssidan.',
  'help.code.q': 'Min kod godtas inte',
  'help.code.a':
    'Oftast är PIN-koden felskriven: appen kan inte kontrollera den, och fel PIN-kod ger fel kod. Varje kod fungerar en gång; vänta på nästa.',
  'help.pin.q': 'Jag har glömt min PIN-kod',
  'help.pin.a':
    'Den lagras ingenstans, så ingen kan berätta den. Skaffa en ny aktiveringskod på din kontosida eller från helpdesk och lägg till profilen på nytt.',
  'help.lost.q': 'Jag har tappat en telefon eller skaffat en ny',
  'help.lost.a':
    'Spärra den borttappade telefonen genast, på din kontosida från vilken dator som helst eller genom helpdesk. En ny telefon ställs in med en ny kod; profiler flyttas inte.',
  'help.not-me.q': 'En förfrågan som inte är min',
  'help.not-me.a':
    'Välj ”Det är inte jag”. Byt sedan lösenord: någon kan känna till det. Ingen som ringer dig behöver numret eller din PIN-kod.',
  'help.ios.q': 'På en iPhone eller iPad',
  'help.ios.a':
    'Lägg först appen på hemskärmen och ställ in din profil i den: Safari och den installerade appen delar ingenting. Länkar öppnar Safari; öppna appen själv. Aviseringar kommer bara till den installerade appen.',
};
