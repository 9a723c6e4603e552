import type { JSONWebKeySet } from 'jose';
import { decodeJwt } from 'jose';
import { judgeBareAssertion } from '../../entra-twin/judge-bare-assertion.js';
import { judgeExternalMfa } from '../../entra-twin/judge-external-mfa.js';
import { judgeSamlAnswer } from '../../entra-twin/judge-saml-answer.js';
import { judgeWsFedAnswer } from '../../entra-twin/judge-wsfed-answer.js';
import { unknownQuestion, type FederationQuestion } from '../../entra-twin/federation-facts.js';
import { createSignatureJudge } from '../../entra-twin/signature-judge.js';
import type { FederatedDomain, TenantUsers } from '../../entra-twin/tenant.js';
import { firstFailure, type Verdict } from '../../entra-twin/verdict.js';
import { fieldOf } from '../../entra-twin/posted-form.js';
import { summariseToken, summariseXml } from './answer-summary.js';
import { explainCode } from './explain-code.js';
import { explainHint, type HintedParty } from './explain-hint.js';
import type { Pasted } from './pasted-answer.js';
import { readableXml } from './readable-xml.js';
import { verdictLines } from './verdict-lines.js';

/** What an answer is compared with. */
export interface AnswerFacts {
  now: number;
  /** What the tenant has, or should have. */
  domains: readonly FederatedDomain[];
  users: TenantUsers | null;
  externalMfa: readonly (HintedParty & { issuer: string; clientId: string })[];
  externalMfaKeys: JSONWebKeySet;
  asked: Pick<FederationQuestion, 'multiFactor' | 'freshSince'>;
}

/** What is in a pasted answer, what Entra makes of it, and what helps. `ok`: nothing was found wrong. */
export async function explainAnswer(
  pasted: Pasted,
  facts: AnswerFacts,
): Promise<{ lines: string[]; ok: boolean }> {
  if (pasted.kind === 'unknown') return { lines: [pasted.why], ok: false };
  if (pasted.kind === 'code') return { lines: explainCode(pasted.code), ok: true };
  if (pasted.kind === 'hint') return explainHint(pasted.token, pasted.cloud, facts.externalMfa);
  const { title, summary } = describe(pasted, facts.now);
  const verdicts = await judge(pasted, facts);
  const failed = firstFailure(verdicts);
  return {
    ok: failed === null,
    lines: [
      title,
      ...summary,
      '',
      'What Entra makes of it:',
      ...verdictLines(verdicts),
      '',
      ...(unjudged(pasted) ?? conclusion(failed, facts.now)),
    ],
  };
}

type Answer = Extract<Pasted, { form: unknown } | { kind: 'assertion' }>;

function describe(pasted: Answer, now: number): { title: string; summary: string[] } {
  if (pasted.kind === 'external-mfa') {
    const error = fieldOf(pasted.form, 'error');
    if (error !== null) return { title: `An error of External MFA: ${error}`, summary: [] };
    return {
      title: 'An id_token of External MFA:',
      summary: summariseToken(fieldOf(pasted.form, 'id_token') ?? ''),
    };
  }
  return { title: titles[pasted.kind], summary: summariseXml(pasted.xml ?? '', now) };
}

const titles = {
  saml: 'A SAML 2.0 response:',
  wsFed: 'A WS-Federation answer with its token:',
  assertion: 'An assertion, without the answer around it:',
};

/** What to say of a document that cannot be read as it stands, where a code would lead astray; `null`: it can be. */
function unjudged(pasted: Answer): string[] | null {
  if (pasted.kind === 'external-mfa') return null;
  const { root, fault } = readableXml(pasted.xml ?? '');
  if (fault === null) return null;
  if (root === null)
    return ['Nothing of it was judged. Paste the whole of it, as the browser sent it.'];
  return [
    `Nothing of it was judged because of this: ${fault}. Readers differ about what stands around a comment.`,
    'We write none: another provider made it, or it was added afterwards. Take it out to have the rest judged.',
  ];
}

async function judge(pasted: Answer, facts: AnswerFacts): Promise<Verdict[]> {
  if (pasted.kind === 'external-mfa') {
    const audience = audienceOf(fieldOf(pasted.form, 'id_token') ?? '');
    const party =
      facts.externalMfa.find(({ clientId }) => clientId === audience) ?? facts.externalMfa[0];
    return judgeExternalMfa(
      pasted.form,
      { replyUrl: null, nonce: null, state: null, subject: null },
      {
        now: facts.now,
        issuer: party?.issuer ?? '',
        clientId: party?.clientId ?? '',
        keys: facts.externalMfaKeys,
      },
    );
  }
  const signatures = createSignatureJudge();
  const question = { ...unknownQuestion, ...facts.asked };
  if (pasted.kind === 'assertion')
    return judgeBareAssertion(pasted.xml, question, { ...facts, signatures });
  const judgeForm = pasted.kind === 'saml' ? judgeSamlAnswer : judgeWsFedAnswer;
  return judgeForm(pasted.form, question, { ...facts, signatures });
}

function audienceOf(token: string): string {
  try {
    return String(decodeJwt(token).aud);
  } catch {
    return '';
  }
}

function conclusion(failed: Verdict | null, now: number): string[] {
  if (failed === null) return ['Nothing is wrong with it, as far as can be seen from here.'];
  const late = failed.rule.includes('now')
    ? ['', `It was judged as of ${new Date(now).toISOString()}; for an old one give --at TIME.`]
    : [];
  if (failed.code === null) {
    return [`${failed.rule}: ${failed.detail}`, 'Entra shows no error for it.', ...late];
  }
  return [...explainCode(failed.code), ...late];
}
