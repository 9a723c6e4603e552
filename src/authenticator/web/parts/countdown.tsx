/** A ring that empties, with the time left in words beside it. @param share 1 full, 0 empty */
export const Countdown = ({ share, children }: { share: number; children: string }) => (
  <span class="countdown">
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true" focusable="false">
      <circle cx="11" cy="11" r="9" class="ring-ground" />
      <circle
        cx="11"
        cy="11"
        r="9"
        class="ring"
        pathLength={100}
        stroke-dasharray={`${Math.round(Math.min(Math.max(share, 0), 1) * 100)} 100`}
      />
    </svg>
    <span>{children}</span>
  </span>
);
