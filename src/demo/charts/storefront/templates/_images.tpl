{{- define "storefront.image" -}}
{{- $registry := .Values.image.registry | default .Values.global.imageRegistry -}}
{{- printf "%s/%s:%s" $registry .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
