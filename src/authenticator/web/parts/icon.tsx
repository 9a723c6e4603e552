/** Drawn like the sign-in pages' icons. */
const drawings = {
  alert: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'M12 7.5v5M12 16.2v.3'],
  check: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'm8 12.3 2.8 2.8L16 9.6'],
  phone: [
    'M9.5 2.5h5A2.5 2.5 0 0 1 17 5v14a2.5 2.5 0 0 1-2.5 2.5h-5A2.5 2.5 0 0 1 7 19V5a2.5 2.5 0 0 1 2.5-2.5Z',
    'M11 18h2',
  ],
  key: ['M8 11a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Z', 'M11.3 12.2 20 3.5M16 7.5l3 3'],
  lock: [
    'M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2Z',
    'M8 10.5V8a4 4 0 0 1 8 0v2.5',
  ],
  block: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z', 'm5.7 5.7 12.6 12.6'],
  gear: ['M4 7h9M17 7h3M4 17h3M11 17h9', 'M15 5v4M9 15v4'],
  back: ['M19 12H5M11 6l-6 6 6 6'],
  camera: [
    'M4 8.5V6a2 2 0 0 1 2-2h2.5M15.5 4H18a2 2 0 0 1 2 2v2.5M20 15.5V18a2 2 0 0 1-2 2h-2.5M8.5 20H6a2 2 0 0 1-2-2v-2.5',
    'M8 12h8',
  ],
  share: [
    'M12 14V3.5M8.5 6.5 12 3l3.5 3.5',
    'M7.5 10.5H6.5A1.5 1.5 0 0 0 5 12v7a1.5 1.5 0 0 0 1.5 1.5h11A1.5 1.5 0 0 0 19 19v-7a1.5 1.5 0 0 0-1.5-1.5h-1',
  ],
  next: ['m9.5 6 6 6-6 6'],
} as const;

export type IconName = keyof typeof drawings;

export const Icon = ({ name, size = 20 }: { name: IconName; size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
    focusable="false"
  >
    {drawings[name].map((path) => (
      <path key={path} d={path} />
    ))}
  </svg>
);
