import type { StoredProfile } from '../profiles/stored-profile.js';

export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => [...(word ?? '')][0] ?? '',
  );
  return letters.join('').toUpperCase();
}

/** What tells a profile from the others of this person. */
export const subtitle = ({ person, organisation, name }: StoredProfile): string =>
  [organisation, name === '' || name === organisation ? person.username : name].join(' · ');

/** Whose profile a screen is about. */
export const WhoPill = ({ profile }: { profile: StoredProfile }) => (
  <span class="pill">
    <span class="avatar" aria-hidden="true">
      {initialsOf(profile.person.name)}
    </span>
    <span>
      {profile.person.name}
      {profile.name === '' ? '' : ` · ${profile.name}`}
    </span>
  </span>
);

/** The tile of a service: its letter, and a colour that stays the same. */
export function ServiceTile({ service }: { service: string }) {
  const sum = [...service].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span class={`tile large letter letter-${sum % 5}`} aria-hidden="true">
      {[...service][0]?.toUpperCase()}
    </span>
  );
}
