"""Large attachments travel apart from their parcel: by digest, piece by piece, resumed after a cut (217/6.5, 217/13.1).

The signed manifest names every part by size and digest, so nothing of what is signed changes: only the way its bytes take.

    GET /exchange/v1/blobs/{sha256}            200 {"have": bytes kept}
    PUT /exchange/v1/blobs/{sha256}/{offset}   a piece of at most 8 MiB; 200 {"have": bytes kept now}
    PUT /exchange/v1/parcels/{id}              with `Antin-Apart: 2,3`: these parts lie there already

`have` says where to go on, also when the offset was another. None of these answers is signed: they decide nothing.
"""
