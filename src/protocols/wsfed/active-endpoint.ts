import type { Request, Response } from 'express';

const envelopes = {
  'text/xml': 'http://schemas.xmlsoap.org/soap/envelope/',
  'application/soap+xml': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

const trust = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512';
const reason =
  'Tokens are not given for passwords here. Sign in with a browser, or with a program that opens one.';

/**
 * What programs hear that ask for tokens by WS-Trust (`activeSignInUri`): a SOAP fault, in the version they speak. What
 * they sent is not read, for it may hold a password.
 */
export function refuseActive(request: Request, response: Response): void {
  const type = /^\s*text\/xml\b/i.test(request.headers['content-type'] ?? '')
    ? 'text/xml'
    : 'application/soap+xml';
  response
    .status(500)
    .set({
      'Content-Type': `${type}; charset=utf-8`,
      'Cache-Control': 'no-store',
      Connection: 'close',
    })
    .end(type === 'text/xml' ? fault11() : fault12());
}

function fault12(): string {
  return (
    `<s:Envelope xmlns:s="${envelopes['application/soap+xml']}"><s:Body><s:Fault>` +
    `<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:wst="${trust}">wst:RequestFailed</s:Value></s:Subcode></s:Code>` +
    `<s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason>` +
    '</s:Fault></s:Body></s:Envelope>'
  );
}

function fault11(): string {
  return (
    `<s:Envelope xmlns:s="${envelopes['text/xml']}"><s:Body><s:Fault>` +
    `<faultcode xmlns:wst="${trust}">wst:RequestFailed</faultcode><faultstring xml:lang="en">${reason}</faultstring>` +
    '</s:Fault></s:Body></s:Envelope>'
  );
}
