// Reads lines of JSON: {"do": "seal", "text", "id"}, {"do": "open", "chunk"}, {"do": "sign", "timestamp", "nonce",
// "chunk"}, each with "key" and "token"; writes one line of JSON for each.
const crypto = require('@wecom/crypto');
const lines = require('readline').createInterface({ input: process.stdin });

const acts = {
  seal: (said) => ({ chunk: crypto.encrypt(said.key, said.text, said.id) }),
  open: (said) => {
    const { message, id } = crypto.decrypt(said.key, said.chunk);
    return { text: message, id };
  },
  sign: (said) => ({ signature: crypto.getSignature(said.token, said.timestamp, said.nonce, said.chunk) }),
};

lines.on('line', (line) => {
  const said = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(acts[said.do](said))}\n`);
});
