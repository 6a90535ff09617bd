// Verifies a webhook with standardwebhooks@1.1.1, which compares its time with the clock of this machine.
const { Webhook, WebhookVerificationError } = require("standardwebhooks");

exports.read = async ({ secret, headers, body }) => {
  try {
    return { verified: new Webhook(secret).verify(Buffer.from(body, "base64"), headers) };
  } catch (error) {
    if (error instanceof WebhookVerificationError) return { refused: error.message };
    throw error;
  }
};
