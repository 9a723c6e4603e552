import { expect, test } from '@jest/globals';
import { FeedPosition } from '../../../../src/storage/sql/feed-position.js';

test('moves over an unbroken row of numbers and knows what it has seen', () => {
  const position = new FeedPosition();
  expect(position.isNew(1)).toBe(true);
  position.advance([1, 2]);
  expect(position.low).toBe(2);
  expect(position.isNew(2)).toBe(false);
  expect(position.isNew(3)).toBe(true);
});

test('is held back by a missing number until it shows up', () => {
  const position = new FeedPosition();
  position.advance([1, 3]);
  expect(position.low).toBe(1);
  expect(position.isNew(2)).toBe(true);
  expect(position.isNew(3)).toBe(false);
  position.advance([2, 3]);
  expect(position.low).toBe(3);
});

test('gives up on a number that never comes, but only after many polls', () => {
  const position = new FeedPosition();
  for (let poll = 1; poll < 150; poll += 1) position.advance([2, 5]);
  expect(position.low).toBe(0);
  position.advance([2, 5]);
  expect(position.low).toBe(2);
  for (let poll = 0; poll < 150; poll += 1) position.advance([5]);
  expect(position.low).toBe(5);
});

test('starts a little behind the newest row, for transactions that are still open', () => {
  const position = new FeedPosition();
  position.startAt(1_000);
  expect(position.low).toBe(936);
  position.advance([999, 1_000]);
  expect(position.isNew(998)).toBe(true);
  expect(position.isNew(1_000)).toBe(false);
});
