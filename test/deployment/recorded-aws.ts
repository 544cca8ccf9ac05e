/** A server that answers AWS's calls with what AWS was seen to answer, for what no emulator does. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  readonly status: number;
  readonly body: string;
}

/** @param answers by the call's name, such as `GetCallerIdentity`; a call without one gets `otherwise` */
export async function recordedAws(answers: Readonly<Record<string, Recorded>>, otherwise: Recorded) {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const target = request.headers['x-amz-target'] as string | undefined;
      const name = target?.split('.').at(-1) ?? new URLSearchParams(body).get('Action') ?? '';
      const { status, body: answer } = answers[name] ?? otherwise;
      response.writeHead(status, { 'content-type': 'text/xml' }).end(request.method === 'HEAD' ? '' : answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The shape of an error of AWS's query services. */
export function queryError(status: number, code: string, message: string): Recorded {
  return {
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>689b4496-ca92-11e5-9a31-4932678efe5c</RequestId></ErrorResponse>`,
  };
}
