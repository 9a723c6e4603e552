/** What pages in the gallery are filled with, the longest and the most hostile included. */
export const at = Date.UTC(2026, 10, 12, 8, 42);
export const hour = 3_600_000;
export const hostile = `"><script>alert('x')</script>`;
export const longName =
  'Skärholmens kommunala samverkansnämnd för e-arkiv och ärendehantering Donaudampfschifffahrtsgesellschaft';
export const longUser =
  'maximiliane.von-und-zu-hohenlohe-waldenburg-schillingsfuerst@dept.northgate.example';
