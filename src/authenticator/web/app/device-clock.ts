/** This device's clock, milliseconds since 1970. The app's only look at it. */
// eslint-disable-next-line no-restricted-properties
export const deviceNow = (): number => Date.now();
