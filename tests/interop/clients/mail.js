// Reads an e-mail with mailparser@3.14.2, as a mail program does.
const { simpleParser } = require("mailparser");

const addresses = (found) => found.value.map(({ name, address }) => [name, address]);

exports.read = async ({ content }) => {
  const mail = await simpleParser(Buffer.from(content, "base64"), { skipHtmlToText: true, skipTextToHtml: true });
  return {
    subject: mail.subject,
    from: addresses(mail.from),
    to: addresses(mail.to),
    id: mail.messageId,
    replies: mail.inReplyTo || null,
    references: mail.references || null,
    date: mail.date.toISOString(),
    list: mail.headers.get("list"),
    automatic: mail.headers.get("auto-submitted"),
    language: mail.headers.get("content-language"),
    type: mail.headers.get("content-type").value,
    headers: mail.headerLines.map(({ key }) => key),
    text: mail.text,
    html: mail.html,
    attachments: mail.attachments.length,
  };
};
