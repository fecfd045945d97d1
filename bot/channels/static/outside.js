// A link from another app opens the chat without its cookie (SameSite=Strict); asked from here, the cookie comes along.

const answer = await fetch("/chat/known").catch(() => null);
if (answer?.ok && (await answer.json()).known) location.replace("/chat");
