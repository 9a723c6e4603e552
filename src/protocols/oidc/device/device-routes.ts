/** Is a request, by the library's name of its route, part of a device's sign-in? */
export function isDeviceRoute(route: string): boolean {
  return route === 'code_verification' || route === 'device_resume';
}
