import { useEffect, useRef } from 'preact/hooks';
import { t } from '../locale/text.js';
import { scanFrom } from '../scan/scan-from.js';

/** The camera, until something was read or it is stopped. */
export function Scanner(props: {
  onScanned: (text: string) => void;
  onNoCamera: (why: 'denied' | 'none') => void;
  onStop: () => void;
}) {
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const stop = new AbortController();
    const { current } = video;
    if (current !== null) {
      scanFrom(current, (text) => latest.current.onScanned(text), stop.signal).catch(
        (error: unknown) => {
          const isDenied = error instanceof DOMException && error.name === 'NotAllowedError';
          if (!stop.signal.aborted) latest.current.onNoCamera(isDenied ? 'denied' : 'none');
        },
      );
    }
    return () => stop.abort();
  }, []);
  return (
    <div class="stack-small">
      <div class="viewfinder">
        <video ref={video} playsInline muted aria-label={t('add.scan.video')} />
        <span class="frame" aria-hidden="true" />
      </div>
      <p class="note centre" role="status">
        {t('add.scan.looking')}
      </p>
      <button type="button" class="button" onClick={props.onStop}>
        {t('add.scan.stop')}
      </button>
    </div>
  );
}
