"""Cluster: several services over one database, each a node that receives and shows pages.

One of them at a time leads: `leadership` says which, `leader_duties` what it does for all, and
`rate_exchange` what the nodes tell each other about request rates.
"""
