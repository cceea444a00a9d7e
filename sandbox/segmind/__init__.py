"""A local Segmind: the asynchronous API, its files and its account on one port of this machine.

`server.SegmindSandbox` starts it, `control_client.SegmindControl` watches and disturbs it. A request
goes through `gateway` (count, faults, key, rate limit) to `api` or `storage`, which ask `service`; that
one drives each run, with `images` fetched over HTTP and a `film` rendered from them. `ledger`, `answers`,
`history`, `inputs`, `meter` and `motion` are pure. Under `/sandbox` is the control API:

    GET     state     what happened; ?after=VERSION waits for something newer
    POST    faults    add a list of `settings.Fault`
    DELETE  faults    remove them all
    POST    settings  change fields of `settings.Settings`, or `credits`
    POST    requests  insert a `settings.ForeignRequest`
    POST    clock     {"seconds": S} moves the service's clock
"""
