import { expect, test } from '@jest/globals';
import { createMetrics } from '../../../src/audit/metrics.js';
import { measureProcess } from '../../../src/audit/process-gauges.js';

const names = { routes: ['/token', '/sign-in'], factors: ['otp'], jobs: ['mail'] };

test('counters, gauges and histograms are rendered as Prometheus text', async () => {
  const metrics = createMetrics(names);
  metrics.signIns.add({ result: 'completed' });
  metrics.signIns.add({ result: 'completed' });
  metrics.alarm('job_failed', true);
  metrics.httpRequests.add({ route: '/token', status: '2xx' });
  metrics.httpRequestSeconds.observe({ route: '/token' }, 0.03);
  metrics.httpRequestSeconds.observe({ route: '/token' }, 20);
  const lines = (await metrics.render()).split('\n');
  expect(lines).toContain('# TYPE drawbridge_sign_ins_total counter');
  expect(lines).toContain('drawbridge_sign_ins_total{result="completed"} 2');
  expect(lines).toContain('drawbridge_alarms{name="job_failed"} 1');
  expect(lines).toContain('drawbridge_alarms{name="audit_sealing_stuck"} 0');
  expect(lines).toContain('drawbridge_http_requests_total{route="/token",status="2xx"} 1');
  expect(lines).toContain('drawbridge_http_request_seconds_bucket{route="/token",le="0.025"} 0');
  expect(lines).toContain('drawbridge_http_request_seconds_bucket{route="/token",le="0.05"} 1');
  expect(lines).toContain('drawbridge_http_request_seconds_bucket{route="/token",le="+Inf"} 2');
  expect(lines).toContain('drawbridge_http_request_seconds_sum{route="/token"} 20.03');
  expect(lines).toContain('drawbridge_http_request_seconds_count{route="/token"} 2');
});

test('every line is a comment or a sample', async () => {
  const metrics = createMetrics(names);
  metrics.factorAttempts.add({ factor: 'otp', result: 'refused' });
  measureProcess(metrics)();
  for (const line of (await metrics.render()).trimEnd().split('\n')) {
    expect(line).toMatch(
      /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z_]+="[^"\\\n]*",?)+\})? -?[0-9.e+-]+)$/,
    );
  }
});

test('what is not in the closed list of a label is counted as other', async () => {
  const metrics = createMetrics(names);
  for (let index = 0; index < 1_000; index += 1) {
    metrics.httpRequests.add({ route: `/x"} evil ${index}`, status: '2xx' });
    metrics.failures.add({ reason: `made up ${index}` });
  }
  const text = await metrics.render();
  expect(text).toContain('drawbridge_http_requests_total{route="other",status="2xx"} 1000');
  expect(text).toContain('drawbridge_failures_total{reason="other"} 1000');
  expect(text).not.toContain('evil');
});

test('gauges are collected when rendering, and one that fails stops nothing', async () => {
  const metrics = createMetrics(names);
  metrics.onCollect(() => Promise.reject(new Error('the database is away')));
  metrics.onCollect((gauges) => gauges.hashQueueLength.set({}, 3));
  const stop = measureProcess(metrics);
  const text = await metrics.render();
  stop();
  expect(text).toContain('drawbridge_hash_queue_length 3');
  expect(text).toMatch(/process_resident_memory_bytes \d{7,}/);
  expect(text).toMatch(/drawbridge_event_loop_delay_seconds\{quantile="0.99"\} /);
});
