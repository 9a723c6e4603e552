import { z } from 'zod';
import { failure, success } from '../../kernel/result.js';
import type { RedisConfiguration } from '../configuration.js';
import { list, text } from '../fields.js';

/** Either one server or Sentinels. */
export const redisSection = z
  .object({
    url: text(
      {
        description: 'One Redis server, redis:// or rediss:// (TLS), password included.',
        format: 'URL',
        example: 'redis://127.0.0.1:6379',
        secret: true,
      },
      (url) =>
        /^rediss?:\/\/./.test(url) && URL.canParse(url)
          ? null
          : 'must be a redis:// or rediss:// URL',
    ).optional(),
    sentinels: list(
      {
        description:
          'Sentinels that know which server is the master, as host:port. Instead of url.',
        format: 'list of host:port',
        example: '[10.0.0.1:26379, 10.0.0.2:26379]',
      },
      (entry) => {
        const match = typeof entry === 'string' ? /^\[?([^[\]]+)\]?:(\d{1,5})$/.exec(entry) : null;
        return match === null
          ? failure({ problem: 'must be host:port' })
          : success({ host: match[1] ?? '', port: Number(match[2]) });
      },
    ).optional(),
    name: text({
      description: 'The name of the master the Sentinels watch.',
      example: 'mymaster',
    }).optional(),
    password: text({
      description: 'The password of the servers behind the Sentinels.',
      secret: true,
    }).optional(),
  })
  .superRefine((redis, context) => {
    const report = (path: string, message: string, remedy: string) =>
      context.addIssue({ code: 'custom', path: [path], message, params: { remedy } });
    if ((redis.url === undefined) === (redis.sentinels === undefined)) {
      report('url', 'either url or sentinels must be given', 'Write one of the two.');
    } else if (redis.sentinels?.length === 0) {
      report('sentinels', 'is an empty list', 'Name at least one Sentinel, better three.');
    } else if (redis.sentinels !== undefined && redis.name === undefined) {
      report('name', 'is missing', 'Write the name of the master, for instance name: mymaster');
    } else if (redis.url !== undefined && (redis.name ?? redis.password) !== undefined) {
      report('url', 'stands beside keys that go with sentinels', 'Put the password into the URL.');
    }
  });

export function readRedis(redis: z.output<typeof redisSection>): RedisConfiguration {
  if (redis.sentinels === undefined) return { url: redis.url ?? '' };
  const { sentinels, name = '', password } = redis;
  return { sentinels, name, ...(password === undefined ? {} : { password }) };
}
