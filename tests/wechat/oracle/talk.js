// Reads lines of JSON: {"do": "seal", "text", "id"}, {"do": "open", "chunk"}, {"do": "sign", "timestamp", "nonce",
// "chunk"}, each with "key" and "token"; writes one line of JSON for each.
const Crypto = require('wechat-crypto');
const lines = require('readline').createInterface({ input: process.stdin });

const acts = {
  seal: (crypto, said) => ({ chunk: crypto.encrypt(said.text) }),
  open: (crypto, said) => {
    const { message, id } = crypto.decrypt(said.chunk);
    return { text: message, id };
  },
  sign: (crypto, said) => ({ signature: crypto.getSignature(said.timestamp, said.nonce, said.chunk) }),
};

lines.on('line', (line) => {
  const said = JSON.parse(line);
  const crypto = new Crypto(said.token, said.key, said.id);
  process.stdout.write(`${JSON.stringify(acts[said.do](crypto, said))}\n`);
});
