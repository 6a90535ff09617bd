// Reads a message for Teams with adaptivecards@3.0.6: the card is parsed and validated, and its words are collected.
const { AdaptiveCard, SerializationContext, Versions } = require("adaptivecards/dist/adaptivecards.js");

exports.read = async ({ body }) => {
  const [attachment] = JSON.parse(body).attachments;
  const context = new SerializationContext(Versions.v1_4);
  const card = new AdaptiveCard();
  card.parse(attachment.content, context);
  const events = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at).message);
  const found = card.validateProperties();
  return {
    type: attachment.contentType,
    version: String(card.version),
    items: card.getItemCount(),
    actions: card.getActionCount(),
    faults: [...events, ...found.validationEvents.map((each) => each.message)],
  };
};
