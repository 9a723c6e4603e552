/** One server-sent event. */
export interface StreamEvent {
  event: string;
  data: string;
}

/** Reads a `text/event-stream` piece by piece (HTML, 9.2.6), as far as this protocol uses it. Comments are signs of life only. */
export function createEventReader(): (piece: string) => StreamEvent[] {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    return blocks.map(readBlock).filter((event) => event !== null);
  };
}

function readBlock(block: string): StreamEvent | null {
  const fields = block.split('\n').map((line) => /^(event|data): ?(.*)$/s.exec(line));
  const valuesOf = (name: string) =>
    fields.flatMap((field) => (field?.[1] === name ? [field[2] ?? ''] : []));
  const data = valuesOf('data');
  return data.length === 0
    ? null
    : { event: valuesOf('event').at(-1) ?? 'message', data: data.join('\n') };
}
