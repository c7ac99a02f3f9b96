"""The companion on the user's own computer: asks the person, signs with their token or key file, nothing else (379/13.5).

It knows neither Django nor the database and starts in a moment; what it shares with the installation is the form of a
signature (`antin.signing.cms`) and the protocol of docs/signer.md.
"""
