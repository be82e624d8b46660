package parser

import "github.com/edgeplan/edgeplan/parser/diag"

// The findings of this package.
const (
	codeSyntax       diag.Code = "EP1001"
	codeUnknownArg   diag.Code = "EP1002"
	codeUnknownBlock diag.Code = "EP1003"
	codeMissing      diag.Code = "EP1004"
	codeWrongType    diag.Code = "EP1005"
	codeUnknownRef   diag.Code = "EP1006"
	codeDuplicate    diag.Code = "EP1007"
	codeUnknownWord  diag.Code = "EP1008"
	codeMalformed    diag.Code = "EP1009"
	codeTooDeep      diag.Code = "EP1010"
	codeUnreadable   diag.Code = "EP1011"
	codeOutside      diag.Code = "EP1012"
	codeNoText       diag.Code = "EP1023"
	codeFlushMarker  diag.Code = "EP1024"
	codePassedOver   diag.Code = "EP3028"
)
