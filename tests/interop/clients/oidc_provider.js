// A provider of identities (OpenID Connect): `node oidc_provider.js <settings as JSON>` says when it listens.
const { default: Provider } = require("oidc-provider");

const { port, clients, keys, groups } = JSON.parse(process.argv[2]);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  jwks: { keys },
  claims: { openid: ["sub", "sid"], groups: ["groups"] },
  scopes: ["openid", "groups"],
  clientDefaults: { id_token_signed_response_alg: "ES256" },
  cookies: { keys: ["a key of the test"] },
  features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
  // It would send nothing to this machine, which is right for one on the Internet.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, groups: groups[id] || [] }) }),
});

provider.listen(port, "127.0.0.1", () => process.stdout.write("ready\n"));
