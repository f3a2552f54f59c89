// The reference Bluesky network (PLC, PDS, bsync, AppView, Ozone) in one process, on loopback.
//
// usage: node net.mjs --pds-port N --plc-port N --bsky-port N --ozone-port N
//                     [--public-url URL] [--rate-limits]
// environment: DB_POSTGRES_URL, REDIS_HOST, and TMPDIR, whose content the caller removes afterwards
// Prints one line of JSON when everything is ready, and ends on SIGTERM.
import net from 'node:net'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    'pds-port': { type: 'string' },
    'plc-port': { type: 'string' },
    'bsky-port': { type: 'string' },
    'ozone-port': { type: 'string' },
    'public-url': { type: 'string' },
    'rate-limits': { type: 'boolean', default: false },
  },
})

// Every service listens on a bare port number, which means on all interfaces.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' && typeof args[1] !== 'string') args.splice(1, 0, '127.0.0.1')
  return listen.apply(this, args)
}

const { TestNetwork } = await import('@atproto/dev-env')
const { AtpAgent } = await import('@atproto/api')

const network = await TestNetwork.create({
  dbPostgresUrl: process.env.DB_POSTGRES_URL,
  dbPostgresSchema: 'introvert', // the services accept only [A-Za-z_] here
  plc: { port: Number(options['plc-port']) },
  pds: {
    port: Number(options['pds-port']),
    hostname: 'localhost',
    enableDidDocWithSession: true,
    rateLimitsEnabled: options['rate-limits'],
  },
  bsky: { port: Number(options['bsky-port']), publicUrl: `http://localhost:${options['bsky-port']}` },
  ozone: { port: Number(options['ozone-port']) },
})

const publicUrl = options['public-url'] ?? network.pds.url
if (publicUrl !== network.pds.url) {
  // New accounts' DID documents name the proxy as their PDS, so that a client which follows them stays behind it.
  network.pds.ctx.cfg.service.publicUrl = publicUrl
  // dev-env overrides this method to turn the public address into the local one; the class's own is what clients must see.
  delete network.pds.ctx.idResolver.did.resolveNoCache
}

const accounts = {}
for (const name of ['alice', 'bob', 'carol']) {
  const account = { handle: `${name}.test`, email: `${name}@test.com`, password: `${name}-pass` }
  const { data } = await new AtpAgent({ service: network.pds.url }).createAccount(account)
  accounts[name] = { ...account, did: data.did }
  // Another agent, because the first has followed the DID document to the proxy, which may not be up yet.
  const agent = new AtpAgent({ service: network.pds.url })
  agent.setHeader('authorization', `Bearer ${data.accessJwt}`)
  await agent.com.atproto.repo.putRecord({
    repo: data.did,
    collection: 'app.bsky.actor.profile',
    rkey: 'self',
    record: { displayName: name[0].toUpperCase() + name.slice(1), createdAt: new Date().toISOString() },
  })
}
await network.processAll()

let stopping = false
async function stop() {
  if (stopping) return
  stopping = true
  setTimeout(() => process.exit(3), 15_000).unref()
  await network.close()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)

console.log(
  JSON.stringify({
    ready: true,
    pid: process.pid,
    pds: network.pds.url,
    plc: network.plc.url,
    bsky: network.bsky.url,
    bskyDid: network.bsky.serverDid,
    ozone: network.ozone.url,
    ozoneDid: network.ozone.ctx.cfg.service.did,
    publicUrl,
    accounts,
  }),
)
