"""The real things behind the ports of `documents`: layout by typst, pages by PDFium, the door for PDF files."""
