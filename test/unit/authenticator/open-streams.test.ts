import { expect, test } from '@jest/globals';
import { OpenStreams, type OpenStream } from '../../../src/authenticator/open-streams.js';

function streamOf(profile: string, ended: string[], name = profile): OpenStream {
  return { profile, look: () => {}, end: () => void ended.push(name) };
}

test('one more than a profile may have ends its oldest, and nobody else’s', () => {
  const ended: string[] = [];
  const streams = new OpenStreams(2);
  streams.add(streamOf('bo', ended));
  for (const name of ['first', 'second', 'third']) streams.add(streamOf('anna', ended, name));
  expect(ended).toEqual(['first']);
  expect(streams.size).toBe(3);
});

test('what has ended makes room, and is counted out once', () => {
  const ended: string[] = [];
  const streams = new OpenStreams(2);
  const [one, two] = [streamOf('anna', ended), streamOf('anna', ended)];
  streams.add(one);
  streams.add(two);
  streams.remove(one);
  streams.remove(one);
  expect(streams.size).toBe(1);
  streams.add(one);
  expect(ended).toEqual([]);
  streams.remove(one);
  streams.remove(two);
  expect([streams.size, streams.all()]).toEqual([0, []]);
});
