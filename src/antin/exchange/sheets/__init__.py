"""The directory between installations: each signs a sheet of its own, numbered and dated, that its partners fetch (379/26.2).

form         the sheet on the wire, and which one may follow another; pure
own          ours, made anew when what it says has changed
taking       a partner's, judged and applied
asking       fetched hourly, and at once when an unknown certificate signs
answering    what it says of sending: fresh enough, small enough
onboarding   a new partner: proposed here, introduced there, confirmed by a person on each side
closures     our times of maintenance, told to all
"""
