import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from '../../audit/log-writer.js';
import type { DemoService } from '../demo-service.js';
import { sendDemoPage, type DemoFrame, type Look } from './demo-page.js';
import type { Markup } from './markup.js';
import { NotBelieved } from './not-believed.js';
import { trouble } from './service-pages.js';

export type ShowPage = (response: Response, title: string, body: Markup, status?: number) => void;

/** Shows pages in the look of a service. */
export function pagesOf(service: DemoService, frame: DemoFrame): ShowPage {
  return (response, title, body, status = 200) => {
    const look = service.id as Look;
    sendDemoPage(response, frame, { look, site: service.name, title, body, status });
  };
}

/** The end of a service's routes: whatever was not expected goes to the log, and the person is told that it did. */
export function serviceTrouble(
  service: DemoService,
  show: ShowPage,
  logger: Logger,
): ErrorRequestHandler {
  return (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof NotBelieved) {
      logger.warn('demo_service.not_believed', { service: service.id }, error);
      const title = 'This was not believed';
      const why = 'What came here is old, was here before, or is not from Drawbridge.';
      show(response, title, trouble(service, title, why), 400);
      return;
    }
    logger.error('demo_service.failed', { service: service.id }, error);
    const title = 'That did not work';
    const why = 'Drawbridge did not give a usable answer. The log says why.';
    show(response, title, trouble(service, title, why), 502);
  };
}
