// Reads feeds with rss-parser@3.13.0, in Atom and in RSS.
const Parser = require("rss-parser");

exports.read = async ({ address }) => {
  const feed = await new Parser({ customFields: { item: [["atom:updated", "updated"], "updated", "published"] } }).parseURL(address);
  return {
    title: feed.title,
    page: feed.link,
    self: feed.feedUrl,
    entries: feed.items.map((item) => ({
      id: item.id || item.guid,
      title: item.title,
      link: item.link,
      html: item.content,
      published: item.isoDate,
      updated: item.updated,
    })),
  };
};
