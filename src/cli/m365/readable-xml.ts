import { readXml, XmlUnreadable, type XmlElement } from '../../entra-twin/xml-reader.js';

/** Without what no reader has to keep; one that does not end goes on to the end. */
export const withoutComments = (xml: string): string =>
  xml.replaceAll(/<!--(?:[^]*?-->|[^]*$)/g, '');

/** A document as it can be listed: judged is only what can be read as it stands. */
export interface ReadableXml {
  root: XmlElement | null;
  /** Why it is not judged, with the line; `null`: it can be read as it stands. */
  fault: string | null;
}

/** Reads it as it stands, and otherwise without its comments. */
export function readableXml(xml: string): ReadableXml {
  try {
    return { root: readXml(xml), fault: null };
  } catch (error) {
    if (!(error instanceof XmlUnreadable)) throw error;
    const bare = withoutComments(xml);
    const root = bare === xml ? null : readableXml(bare).root;
    return { root, fault: error.message };
  }
}
