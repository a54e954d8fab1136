'use strict';
/* A peer of the bench: node `ws` that sends ready-made messages to everybody,
 * as the server broadcast of its documentation. A message is a line on a TCP
 * connection of the publisher's.
 *
 *     PORT=… PUBLISH_PORT=… node node_push.js */
const net = require('node:net');
const { WebSocket, WebSocketServer } = require('ws');

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  backlog: 4096,
  perMessageDeflate: false, // the default, said aloud
});

server.on('connection', (socket) => socket.on('error', console.error));

// A Buffer, made once: a string would be encoded again for each client.
function broadcast(data) {
  for (const client of server.clients) {
    if (client.readyState === WebSocket.OPEN) {
      client.send(data, { binary: false });
    }
  }
}

net
  .createServer((publisher) => {
    let rest = Buffer.alloc(0);
    publisher.on('error', console.error);
    publisher.on('data', (chunk) => {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      for (let end; (end = rest.indexOf(10)) >= 0; rest = rest.subarray(end + 1)) {
        broadcast(rest.subarray(0, end));
      }
    });
  })
  .listen(Number(process.env.PUBLISH_PORT), '127.0.0.1');
