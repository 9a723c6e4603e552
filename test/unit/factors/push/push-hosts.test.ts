import { describe, expect, test } from '@jest/globals';
import { isPushEndpoint } from '../../../../src/factors/push/push-hosts.js';

const services = ['fcm.googleapis.com', '*.push.apple.com', 'updates.push.services.mozilla.com'];

describe('a phone has us post to', () => {
  test.each([
    'https://fcm.googleapis.com/wp/abc',
    'https://fcm.googleapis.com/fcm/send/dx_-1:APA91b~x?token=BQ%2f%3d',
    'https://web.push.apple.com/x',
    'https://a.b.push.apple.com/x',
  ])('%s', (endpoint) => {
    expect(isPushEndpoint(endpoint, services)).toBe(true);
  });
});

describe('and never to', () => {
  test.each([
    ['another scheme', 'http://fcm.googleapis.com/x'],
    ['another scheme', 'ftp://fcm.googleapis.com/x'],
    ['a script', 'javascript:alert(1)//fcm.googleapis.com/'],
    ['a file', 'file://fcm.googleapis.com/etc/passwd'],
    ['data', 'data:text/plain,fcm.googleapis.com'],
    ['this machine', 'https://127.0.0.1/x'],
    ['this machine, by name', 'https://localhost/x'],
    ['this machine, as a number', 'https://2130706433/x'],
    ['this machine, octal', 'https://0177.0.0.1/x'],
    ['this machine, short', 'https://127.1/x'],
    ['any address of this machine', 'https://0.0.0.0/x'],
    ['this machine in IPv6', 'https://[::1]/x'],
    ['IPv4 in IPv6 clothes', 'https://[::ffff:127.0.0.1]/x'],
    ['IPv4 in hexadecimal IPv6 clothes', 'https://[::ffff:7f00:1]/x'],
    ['the metadata service', 'https://169.254.169.254/latest/meta-data/'],
    ['a private network', 'https://10.0.0.1/x'],
    ['a link-local address with a zone', 'https://[fe80::1%25eth0]/x'],
    ['the usual port, said', 'https://fcm.googleapis.com:443/x'],
    ['an empty port', 'https://fcm.googleapis.com:/x'],
    ['capitals', 'https://FCM.GoogleAPIs.com/x'],
    ['a scheme in capitals', 'HTTPS://fcm.googleapis.com/x'],
    ['another full stop', 'https://fcm.googleapis。com/x'],
    ['a blank before', ' https://fcm.googleapis.com/x'],
    ['a blank after', 'https://fcm.googleapis.com/x '],
    ['a blank within', 'https://fcm.googleapis.com/x y'],
    ['a tab', 'https://fcm.goog\tleapis.com/x'],
    ['a line break', 'https://fcm.googleapis.com/x\r\nHost: evil.example'],
    ['a line break at the end', 'https://fcm.googleapis.com/x\n'],
    ['a backslash', 'https:\\\\fcm.googleapis.com\\x'],
    ['an allowed name before a backslash', 'https://fcm.googleapis.com\\@evil.example/x'],
    ['dots in the path', 'https://fcm.googleapis.com/a/../x'],
    ['an empty user', 'https://@fcm.googleapis.com/x'],
    ['one slash', 'https:/fcm.googleapis.com/x'],
    ['another port', 'https://fcm.googleapis.com:8443/x'],
    ['a user', 'https://user@fcm.googleapis.com/x'],
    ['a user and a password', 'https://fcm.googleapis.com:x@127.0.0.1/x'],
    ['an allowed name as the user', 'https://fcm.googleapis.com@evil.example/x'],
    [
      'an allowed name as the user, after a backslash',
      'https://evil.example\\@fcm.googleapis.com/x',
    ],
    ['a name that begins as an allowed one', 'https://fcm.googleapis.com.evil.example/x'],
    ['a name that ends as an allowed one', 'https://evilfcm.googleapis.com/x'],
    ['a name that ends as a wildcard', 'https://evilpush.apple.com/x'],
    ['the bare name of a wildcard', 'https://push.apple.com/x'],
    ['a dot at the end', 'https://fcm.googleapis.com./x'],
    ['a dot at the end of a wildcard', 'https://web.push.apple.com./x'],
    ['letters that only look alike', 'https://fcm.gооgleapis.com/x'],
    ['the same in punycode', 'https://fcm.xn--ggleapis-qbgc.com/x'],
    ['an allowed name in the path', 'https://evil.example/fcm.googleapis.com'],
    ['an allowed name in the fragment', 'https://evil.example#fcm.googleapis.com'],
    ['no host', 'https:///x'],
    ['no address', 'not a url'],
    ['nothing', ''],
    ['too long an address', `https://fcm.googleapis.com/${'x'.repeat(1_024)}`],
    ['no text', 7],
    ['an object', { toString: () => 'https://fcm.googleapis.com/x' }],
  ])('%s: %s', (_, endpoint) => {
    expect(isPushEndpoint(endpoint, services)).toBe(false);
  });
});
