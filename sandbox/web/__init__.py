"""The sandbox as a web page: a Discord channel to look at and to act in, beside the local Segmind at work.

`server.Page` serves the page's files and its way to Segmind's control; everything of Discord the page asks of
`sandbox.discord.control` itself. The page is plain HTML, CSS and ES modules in `page/`, used as they stand.
"""
