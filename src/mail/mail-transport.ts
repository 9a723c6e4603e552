/** A finished message: plain text, one recipient. */
export interface MailMessage {
  /** A bare address, `name@example.org`. */
  from: string;
  fromName: string;
  to: string;
  subject: string;
  text: string;
}

/** Hands a message on. Throws when it was not taken over; then it is tried again. */
export interface MailTransport {
  send(message: MailMessage): Promise<void>;
  close(): void;
}
