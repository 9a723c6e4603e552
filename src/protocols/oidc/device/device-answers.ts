import type { KoaContextWithOIDC } from 'oidc-provider';
import type { PageSender } from '../../../web/send-page.js';
import { answerWith } from '../library-pages.js';

/** Where the library shows something to a person who signs a device in. */
export interface DeviceAnswers {
  successSource: (ctx: KoaContextWithOIDC) => Promise<void>;
  userCodeInputSource: (
    ctx: KoaContextWithOIDC,
    form: string,
    out?: { error: string },
    error?: Error,
  ) => Promise<void>;
}

export function createDeviceAnswers(deps: {
  pages: PageSender;
  error: (ctx: KoaContextWithOIDC, out: { error: string }, error: Error) => Promise<void>;
}): DeviceAnswers {
  const done = (ctx: KoaContextWithOIDC, allowed: boolean) => {
    const page = deps.pages.compose(
      ctx.req,
      ctx.res,
      'device/done',
      { allowed },
      { path: '/device' },
    );
    answerWith(ctx, page);
  };
  return {
    successSource: (ctx) => {
      done(ctx, true);
      return Promise.resolve();
    },
    /** The library would ask for the code again; whatever went wrong after ours is a page of its own. */
    async userCodeInputSource(ctx, _form, out, error) {
      if (error === undefined || out === undefined) throw new Error('the code is asked for by us');
      if (error.name === 'AbortedError') {
        done(ctx, false);
        return;
      }
      if (ctx.status === 200) ctx.status = 400;
      await deps.error(ctx, out, error);
    },
  };
}
