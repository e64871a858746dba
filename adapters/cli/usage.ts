/** What `--help` says. */
export const USAGE = `usage: waygate [serve] [options]     serves a gateway
       waygate check [FILE]           checks a configuration, prints what it comes to, without secrets
       waygate explain REQUEST        tells what would happen to a request, and sends nothing
       waygate hash-token [TOKEN]     prints the SHA-256 of a token, without one that of its input
       waygate demo                   shows a fallback, a stream and a retry, on loopback

serve:
  --config FILE        JSON with comments, or a module; without it waygate.jsonc, if it is here
  --port N             8787; 0 takes a free one
  --host ADDRESS       127.0.0.1
  --db FILE            keeps counts, circuits and answers in SQLite
  --logs FILE          keeps logs of requests in SQLite
  --log-format FORMAT  pretty, json or none: a line for each request
check:
  --config FILE        as above
explain:
  REQUEST              a file that holds a request as HTTP writes it, or as JSON; - is the input
                       or, as with curl: [-X METHOD] [-H 'name: value'] [-d BODY | -d @FILE] URL
  --config FILE        as above
  --format FORMAT      text or json
all:
  --help, --version

Exit codes: 0, 1 for a failure, 2 for a command that is not understood. NO_COLOR takes colours away.`;
