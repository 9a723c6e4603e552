import { chooseLocale, translateInto } from './choose-locale.js';

/** The language that this browser asks for. */
export const locale = chooseLocale(navigator.languages);
export const t = translateInto(locale);
