import type { RandomSource } from '../kernel/random.js';
import { assertion } from './build-assertion.js';
import { encryptAssertion } from './encrypt-assertion.js';
import { newId } from './new-id.js';
import type { AssertionContent, ResponseOptions, SamlSigningKey } from './outgoing.js';
import { protocolMessage, status } from './protocol-message.js';
import { signElement } from './sign-element.js';
import { wireForm } from './wire-form.js';

export interface BuiltResponse {
  xml: string;
  assertionId: string;
  responseId: string;
}

/**
 * A successful `Response` with one assertion (SAML 2.0 core, 3.3.3), in exclusive canonical form but for `wireForm`. Signed as asked:
 * assertion, then encryption, then the message. Signing runs in the thread pool.
 *
 * Throws `NotXmlText` when a value holds what XML cannot carry, and when nothing at all would be signed.
 */
export async function buildResponse(
  content: AssertionContent,
  options: ResponseOptions,
  key: SamlSigningKey,
  random: RandomSource,
): Promise<BuiltResponse> {
  if (!options.signAssertion && !options.signResponse) {
    throw new Error('a response with neither assertion nor message signed proves nothing');
  }
  const assertionId = newId(random);
  const responseId = newId(random);
  const bare = assertion(content, assertionId);
  const clear = options.signAssertion ? await signElement(bare, key) : bare.head + bare.tail;
  const carried =
    options.encryptFor === null
      ? clear
      : encryptAssertion(wireForm(clear), options.encryptFor, random);
  const response = protocolMessage(
    'Response',
    {
      id: responseId,
      issuer: content.issuer,
      destination: options.destination,
      issueInstant: options.issueInstant,
      more: { InResponseTo: options.inResponseTo },
    },
    status(['Success'], null) + carried,
  );
  const xml = options.signResponse
    ? await signElement(response, key)
    : response.head + response.tail;
  return { xml: wireForm(xml), assertionId, responseId };
}
