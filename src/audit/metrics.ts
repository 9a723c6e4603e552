import { alarmNames } from './alarm-names.js';
import type { AlarmName } from './alarm-names.js';
import { auditEventKinds } from './audit-event.js';
import { failureReasons } from './failure-reasons.js';
import { MetricRegistry } from './metric-registry.js';
import type { Counter, Gauge, Histogram } from './metric-registry.js';

/** What the product counts. No label ever holds what a person or a relying party sent. */
export interface Metrics {
  signIns: Counter<'result'>;
  failures: Counter<'reason'>;
  auditEvents: Counter<'kind'>;
  factorAttempts: Counter<'factor' | 'result'>;
  httpRequests: Counter<'route' | 'status'>;
  /** Seconds. */
  httpRequestSeconds: Histogram<'route'>;
  outboxFailures: Counter<'kind'>;
  pushes: Counter<'result'>;
  /** 1 while the alarm stands, else 0. */
  alarm(name: AlarmName, standing: boolean): void;
  /** Runs before each rendering and sets gauges; one that fails leaves them as they were. */
  onCollect(collect: (gauges: CollectedGauges) => void | Promise<void>): void;
  /** The whole page, `text/plain; version=0.0.4`. */
  render(): Promise<string>;
}

export interface CollectedGauges {
  hashQueueLength: Gauge;
  jobsPending: Gauge;
  auditUnsealed: Gauge;
  /** Seconds; `0.5`, `0.99`, `1`. */
  eventLoopDelaySeconds: Gauge<'quantile'>;
  residentMemoryBytes: Gauge;
  inboxStreams: Gauge;
}

/**
 * @param names what only the composition knows: its routes, registered factors and kinds of jobs
 */
export function createMetrics(names: {
  routes: readonly string[];
  factors: readonly string[];
  jobs: readonly string[];
}): Metrics {
  const registry = new MetricRegistry();
  const alarms = registry.gauge({
    name: 'drawbridge_alarms',
    help: 'Alarms that stand',
    labels: { name: alarmNames },
  });
  for (const name of alarmNames) alarms.set({ name }, 0);
  const gauges = collectedGauges(registry);
  const collectors: ((gauges: CollectedGauges) => void | Promise<void>)[] = [];
  return {
    signIns: registry.counter({
      name: 'drawbridge_sign_ins_total',
      help: 'Sign-ins by how they ended',
      labels: { result: ['completed', 'failed'] },
    }),
    failures: registry.counter({
      name: 'drawbridge_failures_total',
      help: 'Things that did not happen, by reason',
      labels: { reason: Object.keys(failureReasons) },
    }),
    auditEvents: registry.counter({
      name: 'drawbridge_audit_events_total',
      help: 'Business events by kind',
      labels: { kind: auditEventKinds },
    }),
    factorAttempts: registry.counter({
      name: 'drawbridge_factor_attempts_total',
      help: 'Answers to factors',
      labels: { factor: names.factors, result: ['accepted', 'refused'] },
    }),
    httpRequests: registry.counter({
      name: 'drawbridge_http_requests_total',
      help: 'Answered requests by route and status class',
      labels: { route: names.routes, status: ['1xx', '2xx', '3xx', '4xx', '5xx'] },
    }),
    httpRequestSeconds: registry.histogram(
      {
        name: 'drawbridge_http_request_seconds',
        help: 'Time to answer',
        labels: { route: names.routes },
      },
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    ),
    outboxFailures: registry.counter({
      name: 'drawbridge_outbox_failures_total',
      help: 'Failed attempts at queued work',
      labels: { kind: names.jobs },
    }),
    pushes: registry.counter({
      name: 'drawbridge_pushes_total',
      help: 'Push messages to phones by how they went',
      labels: { result: ['sent', 'gone', 'paused', 'refused', 'failed'] },
    }),
    alarm: (name, standing) => alarms.set({ name }, standing ? 1 : 0),
    onCollect: (collect) => void collectors.push(collect),
    render: async () => {
      await Promise.allSettled(collectors.map(async (collect) => collect(gauges)));
      return registry.render();
    },
  };
}

function collectedGauges(registry: MetricRegistry): CollectedGauges {
  const gauge = (name: string, help: string): Gauge => registry.gauge({ name, help, labels: {} });
  return {
    hashQueueLength: gauge('drawbridge_hash_queue_length', 'Password hashes that wait or run'),
    jobsPending: gauge('drawbridge_jobs_pending', 'Queued jobs that are neither done nor given up'),
    auditUnsealed: gauge(
      'drawbridge_audit_unsealed',
      'Audit rows that the chain does not hold yet',
    ),
    eventLoopDelaySeconds: registry.gauge({
      name: 'drawbridge_event_loop_delay_seconds',
      help: 'Delay of the event loop since the previous collection',
      labels: { quantile: ['0.5', '0.99', '1'] },
    }),
    inboxStreams: gauge('drawbridge_inbox_streams', 'Phones that listen to this process'),
    residentMemoryBytes: gauge('process_resident_memory_bytes', 'Resident memory'),
  };
}
