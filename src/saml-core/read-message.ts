import type {
  AuthnRequest,
  LogoutRequest,
  LogoutResponse,
  NameId,
  ProtocolMessage,
} from './messages.js';
import { ns } from './namespaces.js';
import { refuse } from './refusal.js';
import { attributeOf, childOf, childrenOf, is, textOf } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';
import {
  booleanAttribute,
  indexAttribute,
  instantAttribute,
  instantOf,
  requiredAttribute,
} from './xml-values.js';

/** Makes the readable identifier of an `EncryptedID`. */
export type DecryptNameId = (encrypted: XmlTree) => XmlTree;

/** Values of a message that passed the guard, from the tree that is to be believed. */
export function readMessage(root: XmlTree, decrypt: DecryptNameId): ProtocolMessage {
  if (is(root, ns.protocol, 'AuthnRequest')) return authnRequest(root, decrypt);
  if (is(root, ns.protocol, 'LogoutRequest')) return logoutRequest(root, decrypt);
  if (is(root, ns.protocol, 'LogoutResponse')) return logoutResponse(root);
  return refuse('unexpected-message', 'root');
}

function common(root: XmlTree) {
  return {
    id: requiredAttribute(root, 'ID'),
    issuer: textOf(childOf(root, ns.assertion, 'Issuer') ?? refuse('malformed', 'no-issuer')),
    destination: attributeOf(root, 'Destination'),
    issueInstant: instantOf(requiredAttribute(root, 'IssueInstant')),
  };
}

function authnRequest(root: XmlTree, decrypt: DecryptNameId): AuthnRequest {
  const policy = childOf(root, ns.protocol, 'NameIDPolicy');
  const context = childOf(root, ns.protocol, 'RequestedAuthnContext');
  const subject = childOf(root, ns.assertion, 'Subject');
  return {
    type: 'AuthnRequest',
    ...common(root),
    acsUrl: attributeOf(root, 'AssertionConsumerServiceURL'),
    acsIndex: indexAttribute(root, 'AssertionConsumerServiceIndex'),
    protocolBinding: attributeOf(root, 'ProtocolBinding'),
    forceAuthn: booleanAttribute(root, 'ForceAuthn') ?? false,
    isPassive: booleanAttribute(root, 'IsPassive') ?? false,
    nameIdPolicy: policy && {
      format: attributeOf(policy, 'Format'),
      spNameQualifier: attributeOf(policy, 'SPNameQualifier'),
      allowCreate: booleanAttribute(policy, 'AllowCreate') ?? false,
    },
    requestedAuthnContext: context && {
      comparison: comparisonOf(context),
      classRefs: childrenOf(context, ns.assertion, 'AuthnContextClassRef').map((one) =>
        textOf(one).trim(),
      ),
    },
    subject: subject && subjectOf(subject, decrypt),
  };
}

function comparisonOf(
  context: XmlTree,
): NonNullable<AuthnRequest['requestedAuthnContext']>['comparison'] {
  const value = attributeOf(context, 'Comparison');
  switch (value) {
    case null:
    case 'exact':
      return 'exact';
    case 'minimum':
    case 'maximum':
    case 'better':
      return value;
    default:
      return refuse('malformed', 'Comparison');
  }
}

/** A confirmation that asks for more than the bearer of the response is nothing that can be promised. */
function subjectOf(subject: XmlTree, decrypt: DecryptNameId): NameId {
  for (const one of childrenOf(subject, ns.assertion, 'SubjectConfirmation')) {
    if (attributeOf(one, 'Method') !== 'urn:oasis:names:tc:SAML:2.0:cm:bearer') {
      refuse('forbidden-construct', 'subject-confirmation');
    }
  }
  return nameIdIn(subject, decrypt);
}

function logoutRequest(root: XmlTree, decrypt: DecryptNameId): LogoutRequest {
  return {
    type: 'LogoutRequest',
    ...common(root),
    notOnOrAfter: instantAttribute(root, 'NotOnOrAfter'),
    nameId: nameIdIn(root, decrypt),
    sessionIndexes: childrenOf(root, ns.protocol, 'SessionIndex').map(textOf),
  };
}

function logoutResponse(root: XmlTree): LogoutResponse {
  const code = childOf(
    childOf(root, ns.protocol, 'Status') ?? refuse('malformed', 'no-status'),
    ns.protocol,
    'StatusCode',
  );
  if (code === null) return refuse('malformed', 'no-status');
  const second = childOf(code, ns.protocol, 'StatusCode');
  return {
    type: 'LogoutResponse',
    ...common(root),
    inResponseTo: attributeOf(root, 'InResponseTo'),
    status: requiredAttribute(code, 'Value'),
    subStatus: second && attributeOf(second, 'Value'),
  };
}

function nameIdIn(parent: XmlTree, decrypt: DecryptNameId): NameId {
  const encrypted = childOf(parent, ns.assertion, 'EncryptedID');
  const nameId = encrypted ? decrypt(encrypted) : childOf(parent, ns.assertion, 'NameID');
  if (nameId === null) return refuse('malformed', 'no-name-id');
  return {
    value: textOf(nameId),
    format: attributeOf(nameId, 'Format'),
    nameQualifier: attributeOf(nameId, 'NameQualifier'),
    spNameQualifier: attributeOf(nameId, 'SPNameQualifier'),
  };
}
