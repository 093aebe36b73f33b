import type { Handle } from './door.ts';
import type { App } from './routes.ts';

/** Makes the handler of `GET /openapi.json`: the document is made once, from the routes of the app. */
export function createDocument(
  app: App,
  { title, description }: { title: string; description: string },
): Handle {
  let text: string | undefined;
  return (_, { requestId }) => {
    text ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title,
          description,
          version: '1.0.0',
          license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
        },
        servers: [{ url: '/' }],
      }),
    );
    return new Response(text, {
      headers: { 'content-type': 'application/json', 'x-request-id': requestId },
    });
  };
}
