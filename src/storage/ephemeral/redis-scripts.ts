/**
 * Guards first, then every write. Redis runs a script alone and whole, so nothing comes between the look and
 * the change. KEYS: one per guard, then one per write. ARGV: the number of guards; per guard whether a value
 * is expected and which; per write kind, value or member, time to live in milliseconds.
 */
export const COMMIT_SCRIPT = `
local guards = tonumber(ARGV[1])
for i = 1, guards do
  local value = redis.call('MGET', KEYS[i])[1]
  if ARGV[2 * i] == '1' then
    if value ~= ARGV[2 * i + 1] then return 0 end
  elseif value then
    return 0
  end
end
local at = 2 + 2 * guards
for i = guards + 1, #KEYS do
  local kind, value, ttl = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  at = at + 3
  if kind == 'set' then
    redis.call('SET', KEYS[i], value, 'PX', ttl)
  elseif kind == 'delete' then
    redis.call('DEL', KEYS[i])
  elseif kind == 'add-member' then
    redis.call('SADD', KEYS[i], value)
    if redis.call('PTTL', KEYS[i]) < tonumber(ttl) then redis.call('PEXPIRE', KEYS[i], ttl) end
  else
    redis.call('SREM', KEYS[i], value)
  end
end
return 1
`;

export const INCREMENT_SCRIPT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
`;
