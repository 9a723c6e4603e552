import { z } from 'zod';
import { failure, success } from '../../kernel/result.js';
import { field } from '../field.js';
import { text, wholeNumber } from '../fields.js';
import { PublicUrl } from '../public-url.js';

export const publicUrlField = field(
  {
    description:
      'The address people and services see. Issuer, links and cookies come from it alone. Plain http is accepted on loopback only.',
    format: 'https URL',
    example: 'https://login.example.org',
  },
  (written) => {
    const problem =
      typeof written === 'string' ? problemOfPublicUrl(written) : { problem: 'must be a URL' };
    return problem === null ? success(new PublicUrl(String(written))) : failure(problem);
  },
);

export const listenSection = z.object({
  host: text({
    description: 'The address to listen on; 0.0.0.0 for every interface, as in a container.',
  }).prefault('127.0.0.1'),
  port: wholeNumber({
    description: 'The port to listen on. The environment variable PORT overrides it.',
    min: 1,
    max: 65_535,
  }).prefault(3000),
});

interface UrlProblem {
  problem: string;
  remedy?: string;
}

function problemOfPublicUrl(written: string): UrlProblem | null {
  if (!URL.canParse(written)) return { problem: 'must be a URL' };
  const url = new URL(written);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { problem: 'must be an https URL' };
  if (url.username !== '' || url.password !== '') return { problem: 'must not hold a user name' };
  if (url.search !== '' || url.hash !== '') {
    return {
      problem: 'must have no query and no fragment',
      remedy: `Write ${url.origin}${url.pathname}`,
    };
  }
  if (!/^[A-Za-z0-9._~/-]*$/.test(url.pathname)) {
    return {
      problem: 'has a path with unusual characters',
      remedy: 'Use letters, digits and - only.',
    };
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return {
      problem: 'uses plain http on a host that is not loopback: passwords would travel unprotected',
      remedy: `Write https://${url.host} and put TLS in front, or use http://localhost on this machine only.`,
    };
  }
  return null;
}

/** Host names as the URL parser yields them: lower case, IPv6 in brackets, odd IPv4 spellings made plain. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}
