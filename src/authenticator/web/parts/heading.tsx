import { useEffect, useRef } from 'preact/hooks';

/** The screen's title: takes the focus when the screen appears, so that it is read out, and names the window. */
export function Heading({ children }: { children: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · ${organisationOfPage()}`;
    // Not over a field that asked for the focus itself.
    if (!(document.activeElement instanceof HTMLInputElement)) ref.current?.focus();
  }, [children]);
  return (
    <h1 ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}

/** The server writes it into the page. */
export const organisationOfPage = (): string =>
  document.querySelector<HTMLMetaElement>('meta[name="organisation"]')?.content ?? '';

/** The build writes it into the page, which so has one file less to fetch. */
export const markOfPage = (): string =>
  document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.href ?? '';
