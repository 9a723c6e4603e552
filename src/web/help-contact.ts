/** Where people get help: a page or a mail address and the words for it. */
export interface HelpContact {
  text: string;
  /** `https:`, `mailto:` or `tel:`. */
  href: string;
}
