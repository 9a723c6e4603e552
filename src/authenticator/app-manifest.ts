/** https://www.w3.org/TR/appmanifest/ — addresses are relative to the manifest, so that a mount path works. */
export const appManifest = (title: { name: string; short: string }) => ({
  id: './',
  name: title.name,
  short_name: title.short,
  start_url: './',
  scope: './',
  display: 'standalone',
  orientation: 'any',
  background_color: '#f3f4f7',
  theme_color: '#f3f4f7',
  icons: [
    { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
    { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
    { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
  ],
});
